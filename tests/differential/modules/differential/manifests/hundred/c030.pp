# Ten resources.
class differential::hundred::c030 {
  notify { 'c030 1':
    message => "1 of class c030 on ${facts['networking']['hostname']}",
  }
  notify { 'c030 2':
    message => "2 of class c030 on ${facts['networking']['hostname']}",
  }
  notify { 'c030 3':
    message => "3 of class c030 on ${facts['networking']['hostname']}",
  }
  notify { 'c030 4':
    message => "4 of class c030 on ${facts['networking']['hostname']}",
  }
  notify { 'c030 5':
    message => "5 of class c030 on ${facts['networking']['hostname']}",
  }
  notify { 'c030 6':
    message => "6 of class c030 on ${facts['networking']['hostname']}",
  }
  notify { 'c030 7':
    message => "7 of class c030 on ${facts['networking']['hostname']}",
  }
  notify { 'c030 8':
    message => "8 of class c030 on ${facts['networking']['hostname']}",
  }
  notify { 'c030 9':
    message => "9 of class c030 on ${facts['networking']['hostname']}",
  }
  notify { 'c030 10':
    message => "10 of class c030 on ${facts['networking']['hostname']}",
  }
}
