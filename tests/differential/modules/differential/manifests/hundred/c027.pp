# Ten resources.
class differential::hundred::c027 {
  notify { 'c027 1':
    message => "1 of class c027 on ${facts['networking']['hostname']}",
  }
  notify { 'c027 2':
    message => "2 of class c027 on ${facts['networking']['hostname']}",
  }
  notify { 'c027 3':
    message => "3 of class c027 on ${facts['networking']['hostname']}",
  }
  notify { 'c027 4':
    message => "4 of class c027 on ${facts['networking']['hostname']}",
  }
  notify { 'c027 5':
    message => "5 of class c027 on ${facts['networking']['hostname']}",
  }
  notify { 'c027 6':
    message => "6 of class c027 on ${facts['networking']['hostname']}",
  }
  notify { 'c027 7':
    message => "7 of class c027 on ${facts['networking']['hostname']}",
  }
  notify { 'c027 8':
    message => "8 of class c027 on ${facts['networking']['hostname']}",
  }
  notify { 'c027 9':
    message => "9 of class c027 on ${facts['networking']['hostname']}",
  }
  notify { 'c027 10':
    message => "10 of class c027 on ${facts['networking']['hostname']}",
  }
}
