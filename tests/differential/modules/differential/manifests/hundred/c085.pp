# Ten resources.
class differential::hundred::c085 {
  notify { 'c085 1':
    message => "1 of class c085 on ${facts['networking']['hostname']}",
  }
  notify { 'c085 2':
    message => "2 of class c085 on ${facts['networking']['hostname']}",
  }
  notify { 'c085 3':
    message => "3 of class c085 on ${facts['networking']['hostname']}",
  }
  notify { 'c085 4':
    message => "4 of class c085 on ${facts['networking']['hostname']}",
  }
  notify { 'c085 5':
    message => "5 of class c085 on ${facts['networking']['hostname']}",
  }
  notify { 'c085 6':
    message => "6 of class c085 on ${facts['networking']['hostname']}",
  }
  notify { 'c085 7':
    message => "7 of class c085 on ${facts['networking']['hostname']}",
  }
  notify { 'c085 8':
    message => "8 of class c085 on ${facts['networking']['hostname']}",
  }
  notify { 'c085 9':
    message => "9 of class c085 on ${facts['networking']['hostname']}",
  }
  notify { 'c085 10':
    message => "10 of class c085 on ${facts['networking']['hostname']}",
  }
}
